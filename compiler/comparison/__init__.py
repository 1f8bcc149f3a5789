"""What differs between connectomes, and in the models made of them."""
