// Streamlit forgets what was chosen when a page is loaded anew; the browser keeps the language.
export default function ({ data }) {
  document.cookie = `${data.name}=${data.lang}; path=/; max-age=31536000; samesite=lax`
}
