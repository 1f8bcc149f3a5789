"""The least feedback of connectomes against bounds below that of their random twins."""
