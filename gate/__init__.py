"""What a verdict is: collecting features, evidence, lifetimes and reports.  Knows pytest, and no policy."""
