"""The integrated-delivery framework as data: stages, questions and elements, and the metrics that are their evidence."""
