"""The dashboard's pages.

visit_page      a visit: photos → findings → questions → signatures; without one, the list of visits
findings_page   findings of all visits, filtered by the page's address
trends_page     what fails where, whether it gets better, what comes back
actions_page    what is to be put right, by whom, until when
register_page   which goods are known on which day, and new lists of them
log_page        who looked at what
inspect_page    photos in, findings out, nothing kept: place → photo → questions → rules → downloads
rules_page      every rule with the law's sentence, and its numbers and lists (`thresholds`)

Files named `*_view` and `downloads` are the parts of a page. `visit_changes` makes records of what
people do; `state` knows what a session keeps, `cached` does what is slow only once, `sign_in` knows
who works here; `components` draws what pages share, in the words of `words` and the dress of
`style.css`. `signature_pad` is a field to sign in.
"""
