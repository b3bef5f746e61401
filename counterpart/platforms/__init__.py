"""The sales platforms' order and shipping interfaces."""
