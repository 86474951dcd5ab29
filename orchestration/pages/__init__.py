"""What is shown in a browser: the page of one judged document, and the server that makes such pages. What is
printed in a terminal is not.
"""
