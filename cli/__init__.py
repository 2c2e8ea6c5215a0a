"""The command line: an edge that talks to a running server, or starts one."""
