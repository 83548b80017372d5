"""The dashboard's router: `inspector dashboard`, or `streamlit run app.py`."""

import streamlit as st

from inspector.ui import (
    actions_page,
    cameras_page,
    findings_page,
    inspect_page,
    log_page,
    register_page,
    rules_page,
    sign_in,
    state,
    supervision_page,
    trends_page,
    visit_page,
)
from inspector.ui.components import ICON, show_style
from inspector.ui.words import words

st.set_page_config(page_title="Selvvalg", page_icon=ICON, layout="wide")
state.keep()
show_style()
sign_in.refuse_open_door()
text = words().text
pages = {
    "visit": st.Page(
        visit_page.show,
        title=text("visits"),
        icon=":material/storefront:",
        url_path="visit",
        default=True,
    ),
    "findings": st.Page(
        findings_page.show,
        title=text("findings"),
        icon=":material/fact_check:",
        url_path="findings",
    ),
    "actions": st.Page(
        actions_page.show,
        title=text("actions"),
        icon=":material/build:",
        url_path="actions",
    ),
    "trends": st.Page(
        trends_page.show,
        title=text("trends"),
        icon=":material/trending_up:",
        url_path="trends",
    ),
    "inspect": st.Page(
        inspect_page.show,
        title=text("quick_check"),
        icon=":material/photo_camera:",
        url_path="inspect",
    ),
    "cameras": st.Page(
        cameras_page.show,
        title=cameras_page.title(),
        icon=":material/videocam:",
        url_path="cameras",
    ),
    "floor-plan": st.Page(
        supervision_page.show,
        title=text("floor_plan"),
        icon=":material/map:",
        url_path="floor-plan",
    ),
    "register": st.Page(
        register_page.show,
        title=text("register"),
        icon=":material/inventory_2:",
        url_path="register",
    ),
    "rules": st.Page(
        rules_page.show, title=text("rules"), icon=":material/gavel:", url_path="rules"
    ),
}
if sign_in.is_administrator():
    pages["log"] = st.Page(
        log_page.show, title=text("log"), icon=":material/history:", url_path="log"
    )
state.keep_pages(pages)
daily = ("visit", "findings", "actions", "trends")
st.navigation(
    {
        "": [pages[name] for name in daily],
        text("more"): [page for name, page in pages.items() if name not in daily],
    },
    position="top",
).run()
