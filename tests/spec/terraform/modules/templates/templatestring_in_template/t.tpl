${templatestring(x, {})}
