"""The laboratory: a connectome's network trained beside its random twins, and judged."""
