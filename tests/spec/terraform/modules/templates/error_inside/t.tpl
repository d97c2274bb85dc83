line
${x + 1}
