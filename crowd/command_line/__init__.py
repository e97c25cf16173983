"""What the commands stand on: the console, options made ready, and the processes of the demo.

Imports nothing slow. Not here: the commands themselves (`crowd.cli`).
"""
