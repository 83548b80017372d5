"""The dashboard's router: `inspector dashboard`, or `streamlit run app.py`."""

import streamlit as st

from inspector.ui import (
    actions_page,
    asked_address,
    cached,
    cameras_page,
    findings_page,
    inspect_page,
    log_page,
    missing_page,
    register_page,
    retention_page,
    rules_page,
    sign_in,
    state,
    supervision_page,
    trends_page,
    users_page,
    visit_page,
)
from inspector.ui.components import ICON, show_style
from inspector.ui.words import words

st.set_page_config(page_title="Selvvalg", page_icon=ICON, layout="wide")
state.keep()
show_style()
sign_in.refuse_open_door()
person = sign_in.come_in()
if st.runtime.exists():  # not where this file is only imported
    cached.analyst()  # photos that wait are looked at, whatever page is opened first
    cached.cleaner()  # pictures of cameras end in time, also when these are watched no longer
text = words().text
DAILY = (
    ("visit", visit_page, text("visits"), "storefront"),
    ("findings", findings_page, text("findings"), "fact_check"),
    ("actions", actions_page, text("actions"), "build"),
    ("trends", trends_page, text("trends"), "trending_up"),
)
MORE = (
    ("inspect", inspect_page, text("quick_check"), "photo_camera"),
    ("cameras", cameras_page, cameras_page.title(), "videocam"),
    ("floor-plan", supervision_page, text("floor_plan"), "map"),
    ("register", register_page, text("register"), "inventory_2"),
    ("rules", rules_page, text("rules"), "gavel"),
)
SETTINGS = (
    ("users", users_page, text("users"), "group"),
    ("retention", retention_page, text("retention"), "auto_delete"),
    ("log", log_page, text("log"), "history"),
)
hidden = {
    *([] if person.sees_all else ["cameras"]),  # no camera says which shop it is of
    *([] if person.is_administrator else (name for name, *_ in SETTINGS)),
}
pages = {
    name: st.Page(
        module.show,
        title=title,
        icon=f":material/{icon}:",
        url_path=name,
        default=name == "visit",
    )
    for name, module, title, icon in (*DAILY, *MORE, *SETTINGS)
    if name not in hidden
}
state.keep_pages(pages)
asked = asked_address.asked_page()
is_known = asked in {"", *pages} - {"visit"}  # the first page has no name in the address
sections = {
    heading: [pages[name] for name, *_ in rows if name in pages]
    for heading, rows in (
        ("", DAILY),
        (text("more"), MORE),
        (text("settings"), SETTINGS),
    )
}
if not is_known:  # Streamlit would say so in English, over another page
    title = text("no_such_page")
    sections[""].append(
        st.Page(missing_page.show, title=title, url_path=asked, visibility="hidden")
    )
st.navigation({k: rows for k, rows in sections.items() if rows}, position="top").run()
