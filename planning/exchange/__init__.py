"""Files of plans in and out: StratML and workbooks."""
