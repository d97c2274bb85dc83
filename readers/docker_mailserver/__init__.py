"""docker-mailserver: what its start-up makes of environment, mounts and scripts."""
