"""Process 1, Scorecard Management: measures, targets, observations, scoring, weights, results, the scorecard and its PDF."""
