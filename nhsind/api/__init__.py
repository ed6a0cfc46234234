"""The verbs as functions, by what is asked: definitions, figures, something to show, a run.

`import nhsind as ind` hands each of them out when it is first asked for.
"""
