"""Optimisers as formulas in the language, with schedules of the rate and clipping as more formulas before them."""
