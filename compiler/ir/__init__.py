"""What flows through the compiler: frozen tables, their text, what must hold of them."""
