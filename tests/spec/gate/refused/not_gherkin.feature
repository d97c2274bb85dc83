Fature: Mail
