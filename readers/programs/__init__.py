"""What the programs that read the judged text make of it: promtool, amtool, postconf, rspamadm.

Each module asks one program and gives its answer with the place in the infra repo that it speaks of.  Where
the program is not installed, :class:`readers.NotProven` says which package has it.
"""
