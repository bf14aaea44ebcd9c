"""The what-if page: one file that needs no network, with a run's draws in it.

``content`` gathers what the page tells, as plain JSON: ``levers``, ``money``, ``sources`` and
``comparing`` are its parts. ``assembling`` puts it, the scripts and the style of this folder into
one page that may load nothing. The scripts only weigh draws again and say what comes of it.
"""
