y is ${y}
