line
${x}
