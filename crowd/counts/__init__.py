"""Tables of counts as people keep them (a spreadsheet, a CSV file), and the scenario made from one.

Holds: the cells of a file (`sheet`), clock times as they are written (`moments`), headings, times and counts, checked
(`headings`, `timeline`, `table`), who goes where (`ways`), the scenario drafted from all this (`draft`). Not here: the
demand tables that scenarios name (`crowd.scenario.demand_table`).
"""
