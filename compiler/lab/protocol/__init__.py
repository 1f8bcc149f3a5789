"""What a comparison runs and how it is judged, written down before."""
