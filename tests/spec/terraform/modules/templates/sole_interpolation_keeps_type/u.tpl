x${a}
