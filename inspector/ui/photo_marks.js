// Marks stand in pixels of the photo, whatever size it has on the screen. A page scrolls with an
// upright stroke of the finger; a level one draws an edge, and a mark follows in every direction.
const EDGE = 0.03 // of the picture's width: a longer stroke is an edge, a shorter one a tap
const NUDGE = 0.001 // of the picture's width
const PAUSE_MS = 600 // after the last nudge, before the photo is judged again
const ZOOM = 4
const WAYS = [["←", -1, 0], ["↑", 0, -1], ["↓", 0, 1], ["→", 1, 0]]
const KEYS = { ArrowLeft: 0, ArrowUp: 1, ArrowDown: 2, ArrowRight: 3 }
const pads = new WeakMap()

export default function ({ parentElement, data, setTriggerValue }) {
  const photo = parentElement.querySelector(".photo")
  if (!pads.has(photo)) pads.set(photo, pad(parentElement, photo))
  pads.get(photo)(data, (n, ends) => setTriggerValue("set", { n, ends }))
}

function pad(root, photo) {
  const img = photo.querySelector("img"), svg = photo.querySelector("svg")
  const nudge = root.querySelector(".nudge"), loupe = root.querySelector(".loupe")
  let data, tell, marks = [], chosen = null, held = null, stroke = null, timer = null

  const place = ({ clientX, clientY }) => {
    const box = photo.getBoundingClientRect()
    const [w, h] = data.wh
    return [(w * (clientX - box.left)) / box.width, (h * (clientY - box.top)) / box.height]
  }
  const inside = ([x, y]) => [Math.min(Math.max(x, 0), data.wh[0]), Math.min(Math.max(y, 0), data.wh[1])]
  const send = (n) => {
    clearTimeout(timer)
    timer = null
    tell(n, marks[n])
  }
  const choose = (n, end) => {
    if (timer && chosen && chosen[0] !== n) send(chosen[0])
    chosen = [n, end]
  }
  const push = (way) => {
    if (!chosen) return
    const [n, end] = chosen
    const [, dx, dy] = WAYS[way]
    const step = NUDGE * data.wh[0]
    const [x, y] = marks[n][end]
    marks[n][end] = inside([x + dx * step, y + dy * step])
    clearTimeout(timer)
    timer = setTimeout(() => send(n), PAUSE_MS)
    draw()
  }

  const handle = (n, end) => {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "mark"
    button.onpointerdown = (event) => {
      event.stopPropagation()
      button.setPointerCapture(event.pointerId)
      choose(n, end)
      const [x, y] = place(event), [px, py] = marks[n][end]
      held = { dx: px - x, dy: py - y, moved: false } // the finger need not cover the point
      draw()
    }
    button.onpointermove = (event) => {
      if (!held) return
      const [x, y] = place(event), to = inside([x + held.dx, y + held.dy])
      const far = Math.hypot(to[0] - marks[n][end][0], to[1] - marks[n][end][1])
      if (!held.moved && far * photo.clientWidth < 4 * data.wh[0]) return
      held.moved = true
      marks[n][end] = to
      draw()
    }
    button.onpointerup = button.onpointercancel = () => {
      const moved = held && held.moved
      held = null
      if (moved) send(n)
    }
    button.onfocus = () => {
      choose(n, end)
      draw()
    }
    button.onkeydown = (event) => {
      if (!(event.key in KEYS)) return
      event.preventDefault()
      push(KEYS[event.key])
    }
    photo.append(button)
    return button
  }

  const draw = () => {
    const [w, h] = data.wh
    const ends = marks.flatMap((mark, n) => mark.map((_, end) => [n, end]))
    const buttons = [...photo.querySelectorAll("button")]
    if (buttons.length !== ends.length || buttons.some((b, i) => b.dataset.at !== `${ends[i]}`)) {
      buttons.forEach((button) => button.remove())
      buttons.splice(0, buttons.length, ...ends.map(([n, end]) => handle(n, end)))
    }
    if (chosen && !marks[chosen[0]]?.[chosen[1]]) chosen = null
    ends.forEach(([n, end], i) => {
      const [x, y] = marks[n][end], button = buttons[i]
      const isChosen = chosen && chosen[0] === n && chosen[1] === end
      button.dataset.at = `${[n, end]}`
      button.dataset.n = n + 1
      button.setAttribute("aria-label", data.label.replace("{n}", n + 1))
      button.setAttribute("aria-pressed", `${!!isChosen}`)
      button.style.left = `${(100 * x) / w}%`
      button.style.top = `${(100 * y) / h}%`
    })
    svg.setAttribute("viewBox", `0 0 ${w} ${h}`)
    const lines = [...marks, ...(stroke ? [stroke] : [])].filter((mark) => mark.length === 2)
    svg.firstChild.replaceChildren(
      ...lines.map((mark) => {
        const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline")
        line.setAttribute("points", mark.join(" "))
        return line
      }),
    )
    nudge.hidden = !chosen
    if (!chosen) return
    const [x, y] = marks[chosen[0]][chosen[1]], shown = ZOOM * photo.clientWidth
    loupe.style.backgroundImage = `url(${data.src})`
    loupe.style.backgroundSize = `${shown}px`
    const middle = loupe.clientWidth / 2
    loupe.style.backgroundPosition = `${middle - (x / w) * shown}px ${middle - (y / w) * shown}px`
  }

  img.onpointerdown = (event) => {
    stroke = [place(event), place(event)]
    img.setPointerCapture(event.pointerId)
  }
  img.onpointermove = (event) => {
    if (!stroke) return
    stroke[1] = inside(place(event))
    draw()
  }
  img.onpointercancel = () => {
    stroke = null
    draw()
  }
  img.onpointerup = () => {
    if (!stroke) return
    const [start, end] = stroke
    stroke = null
    const isEdge = Math.hypot(end[0] - start[0], end[1] - start[1]) > EDGE * data.wh[0]
    const n = data.n_told // a mark still without its height gives way to the next
    choose(n, 0)
    marks[n] = isEdge ? [start, end].sort((a, b) => a[0] - b[0]) : [start]
    draw()
    send(n)
  }

  return (given, told) => {
    const isNew = !data || data.src !== given.src
    data = given
    tell = told
    if (isNew) img.src = data.src
    if (!timer && !held) marks = data.marks.map((mark) => mark.map((end) => [...end]))
    const keys = root.querySelector(".keys")
    if (!keys.childElementCount)
      WAYS.forEach(([arrow], way) => {
        const button = document.createElement("button")
        button.type = "button"
        button.textContent = arrow
        button.onclick = () => push(way)
        keys.append(button)
      })
    ;[...keys.children].forEach((button, way) => button.setAttribute("aria-label", data.nudges[way]))
    draw()
  }
}
