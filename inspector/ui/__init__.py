"""The dashboard's pages.

inspect_page   photos in, findings out: settings → photo → questions → rules → downloads
rules_page     every rule with the law's sentence and its thresholds

`state` names what a session keeps, `cached` holds what is slow, `visit` joins photos and answers;
`components` draws the pieces that pages share, with the words of `words`.
"""
