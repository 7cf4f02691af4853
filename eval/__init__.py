"""How good and how fast the assistant is: questions, measures, baselines and the benchmark."""
