"""Running a program on text that came from the judged repo, and placing what it says."""
