// Streamlit's uploader tells the server of its files when the last of them has come; until then the
// first one can neither be kept nor looked at. So it is given one photo at a time. A photo counts as
// arrived when the server has said so: what was under way when the server or the connection went
// away is given again, and the server counts the same photo once.
const EVERY_MS = 250, AGAIN_MS = 2000
const NO_SIGN_MS = 10000 // the uploader shows a file as soon as it takes it, unless what it asked the server got lost
const batches = new Map() // of each visit: files that have not arrived, files that are refused
let page = null // the field for photos as the page last told of it
let isGiving = false, timer = null

export default function ({ parentElement, data }) {
  page = { ...data, box: parentElement.querySelector("div") }
  const batch = batchOf(page.visit)
  const { given } = batch
  if (given && given.session !== page.session) batch.given = null // that server knows nothing of it
  else if (given && page.round > given.round) {
    batch.files.shift()
    batch.given = null
  }
  follow()
}

addEventListener("change", take, true)
addEventListener("drop", take, true)

function take(event) {
  const isHere = page && event.target.closest?.(anyFieldOf(page.session))
  const chosen = [...((event.dataTransfer ?? event.target).files ?? [])]
  if (isGiving || !isHere || !chosen.length) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (event.type === "change") event.target.value = "" // the same file can be chosen again
  const batch = batchOf(page.visit)
  const isTooLarge = (file) => file.size > page.most_mb * 2 ** 20
  batch.refused = chosen.filter(isTooLarge).map((file) => [file.name, "too_large"])
  batch.files.push(...chosen.filter((file) => !isTooLarge(file)))
  batch.missing = batch.missing.filter((name) => !chosen.some((file) => file.name === name))
  follow()
}

addEventListener("click", (event) => {
  const isHere = page && event.isTrusted && event.target.closest?.(anyFieldOf(page.session))
  const batch = page && batchOf(page.visit)
  if (!isHere || !batch.given || !event.target.closest("[data-testid=stFileChipDeleteBtn]")) return
  batch.files.shift() // somebody does not want this one
  batch.given = null
}, true)

addEventListener("beforeunload", (event) => {
  if ([...batches.values()].some(({ files }) => files.length)) event.preventDefault()
})

function batchOf(visit) {
  if (!batches.has(visit)) {
    const missing = JSON.parse(localStorage.getItem(keyOf(visit)) ?? "[]")
    batches.set(visit, { files: [], refused: [], missing, given: null, waitsUntil: 0 })
  }
  return batches.get(visit)
}

function follow() {
  clearInterval(timer)
  timer = setInterval(follow, EVERY_MS)
  const batch = batchOf(page.visit)
  if (!batch.files.length) clearInterval(timer)
  else give(batch)
  note(batch)
  show(batch)
}

async function give(batch) {
  const field = document.querySelector(fieldOf(page.key))
  const input = field?.querySelector("input[type=file]")
  if (!input || isCutOff(field) || page.is_held || Date.now() < batch.waitsUntil) return
  const { given } = batch
  if (given) {
    const chip = field.querySelector("[data-testid=stFileChip]")
    const hasFailed = chip?.matches("[aria-invalid=true]")
    const isLost = given.input !== input || (!chip && Date.now() > given.since + NO_SIGN_MS)
    if (!hasFailed && !isLost) return
    field.querySelector("[data-testid=stFileChipDeleteBtn] button")?.click()
    batch.given = null
    batch.waitsUntil = Date.now() + (hasFailed ? AGAIN_MS : 0)
    return
  }
  const [file] = batch.files, { session, round } = page
  batch.given = { session, round, input, since: Date.now() }
  try {
    await file.slice(0, 1).arrayBuffer() // one in a cloud may be out of reach
  } catch {
    batch.refused.push([file.name, "out_of_reach"])
    batch.files.shift()
    batch.given = null
    return
  }
  const files = new DataTransfer()
  files.items.add(file)
  isGiving = true
  input.files = files.files
  input.dispatchEvent(new Event("change", { bubbles: true }))
  isGiving = false
}

// What is chosen and has not arrived is known by name when the page is loaded anew.
function note({ files, missing }) {
  const names = [...files.map(({ name }) => name), ...missing]
  if (names.length) localStorage.setItem(keyOf(page.visit), JSON.stringify(names))
  else localStorage.removeItem(keyOf(page.visit))
}

function show(batch) {
  const { box, words } = page
  const said = (word, files) => words[word].replace("{files}", files)
  const lines = batch.refused.map(([file, why]) => ["unread", "alert", said(why, file)])
  const names = batch.files.map(({ name }) => name)
  if (names.length && isCutOff(document.querySelector(fieldOf(page.key))))
    lines.push(["unread", "alert", said("cut_off", names.join(", "))])
  else if (names.length > 1)
    lines.push(["queue", "status", said("sending", names.join(", "))])
  if (batch.missing.length)
    lines.push(["unread missing", "alert", said("missing", batch.missing.join(", "))])
  if (box.dataset.said === JSON.stringify(lines)) return
  box.dataset.said = JSON.stringify(lines)
  box.replaceChildren(...lines.map(([name, role, text]) => {
    const line = document.createElement("p")
    Object.assign(line, { className: name, role, textContent: text })
    return line
  }))
  box.querySelector(".missing")?.append(button(words.hide, () => {
    batch.missing = []
    follow()
  }))
}

function button(textContent, onclick) {
  return Object.assign(document.createElement("button"), { type: "button", textContent, onclick })
}

const isCutOff = (field) => Boolean(field?.querySelector("[aria-disabled=true]"))
const anyFieldOf = (session) => `[class*="st-key-uploader_${session}"]`
const fieldOf = (key) => `.st-key-${key}`
const keyOf = (visit) => `photos of ${visit}`
