"""Trust in the numbers: how reliable scores are, how much figures are revised, how well judgements were calibrated."""
