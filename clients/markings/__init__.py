"""Reading codes and print on photos."""
