"""The dashboard's router: `inspector dashboard`, or `streamlit run app.py`."""

import streamlit as st

from inspector.ui import cameras_page, inspect_page, rules_page, state
from inspector.ui.components import ICON, show_style
from inspector.ui.words import words

st.set_page_config(page_title="Selvvalg", page_icon=ICON, layout="wide")
state.keep()
show_style()
text = words().text
st.navigation(
    [
        st.Page(
            inspect_page.show,
            title=text("inspect"),
            icon=":material/photo_camera:",
            url_path="inspect",
            default=True,
        ),
        st.Page(
            cameras_page.show,
            title=cameras_page.title(),
            icon=":material/videocam:",
            url_path="cameras",
        ),
        st.Page(rules_page.show, title=text("rules"), icon=":material/gavel:", url_path="rules"),
    ],
    position="top",
).run()
