"""The dashboard's pages.

inspect_page   photos in, findings out: place → photo with findings → questions → rules → downloads
rules_page     every rule with the law's sentence, and its numbers and lists (`thresholds`)

Files named `*_view` and `downloads` are the parts of the first page, from top to bottom. `state`
knows what a session keeps, `cached` does what is slow only once, `visit` judges again under new
answers; `components` draws what pages share, in the words of `words` and the dress of `style.css`.
"""
