"""How much is taken on of what strangers ask and give: limits, deadlines, arguments, text that is printed."""
