"""What every resource needs of HTTP: requests in, errors out, and nothing about parts."""
