"""The ORDER of work: one module per pipeline, and what starts, resumes and reconciles runs."""
