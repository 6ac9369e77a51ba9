"""Examples that stand in the API's schema."""

from __future__ import annotations

from typing import Any

MEASURE: dict[str, Any] = {
    "code": "ED-4H", "unit": 3, "name": "Seen within 4 hours", "objective": 12, "owner": 7, "frequency": "month",
    "aggregation": "ratio", "method": "band", "polarity": "up", "unit_of_measure": "%", "is_percent": True,
    "weight": "2", "valid_from": "2026-01-01",
}  # fmt: skip
VALUES: dict[str, Any] = {
    "rows": [
        {
            "measure": "ED-4H",
            "period": "2026-06",
            "numerator": 6810,
            "denominator": 9406,
            "comment": "Ward 5 was closed",
        },
        {"measure": "LOS", "period": "2026-06", "value": "8.0", "source": "Data warehouse"},
        {"measure": "LOS", "period": "2026-12", "value": "7.2", "series": "forecast"},
    ]
}
TARGETS: dict[str, Any] = {
    "reason": "Agreed in the review of March",
    "rows": [{"measure": "LOS", "period": "2026-06", "value": "7.0", "red_flag": "8.0", "stretch": "6.0"}],
}
ANSWER: dict[str, Any] = {
    "counts": {"taken": 1, "refused": 1},
    "rows": [
        {"row": 0, "result": "taken", "label": "LOS 2026-06", "field": "", "reason": ""},
        {"row": 1, "result": "refused", "label": "LOSS 2026-06", "field": "measure",
         "reason": "There is no measure with the code “LOSS”, or it is not for you."},
    ],
}  # fmt: skip
EXPLANATION: dict[str, Any] = {
    "node": 41, "kind": "objective", "key": 12, "name": "Waits", "code": "P1", "period": "2026-06", "score": 62.5,
    "status": "watch", "reason": "", "points": 62.5,
    "rule": "Weighted mean: each part's share of the weight times its score, added up. Parts without a score are left out.",
    "sentences": [],
    "parts": [
        {"name": "Seen within 4 hours", "code": "ED-4H", "kind": "measure", "weight": "50", "share": 0.625, "score": 80.0,
         "points": 50.0, "status": "on_track", "reason": "", "coverage": 1.0, "is_missing": False, "is_counted": True,
         "is_critical": False},
        {"name": "Ready-to-leave beds", "code": "RTL", "kind": "measure", "weight": "30", "share": 0.375,
         "score": 33.333333333, "points": 12.5, "status": "watch", "reason": "", "coverage": 1.0, "is_missing": False,
         "is_counted": True, "is_critical": False},
    ],
    "figures": [],
}  # fmt: skip
