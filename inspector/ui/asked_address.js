// Keeps the address that was asked for in this tab until somebody has signed in, then goes there:
// after sign-in the provider and Streamlit lead to the first page. Who is on another one by then has
// gone there since, and stays.
const KEY = "asked_address"

export default function ({ data }) {
  if (data.is_asking) {
    sessionStorage.setItem(KEY, location.href)
    return
  }
  const asked = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  if (!asked || asked === location.href || new URL(asked).origin !== location.origin) return
  const isFirstPage = !location.search && location.pathname.replace(/\/+$/, "") === data.first_path
  if (isFirstPage) location.replace(asked)
}
