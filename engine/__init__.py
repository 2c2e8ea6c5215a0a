"""The durable engine: runs, steps and the workers that carry them out. It knows no parts."""
