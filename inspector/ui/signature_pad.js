// Lines of points, x in [0, 3] and y in [0, 1], whatever size the field has on the screen.
const pads = new WeakMap()

export default function ({ parentElement, data, setStateValue }) {
  const canvas = parentElement.querySelector("canvas")
  const button = parentElement.querySelector("button")
  canvas.setAttribute("aria-label", data.label)
  button.textContent = data.clear
  if (pads.has(canvas)) return
  const lines = []
  pads.set(canvas, lines)
  let line = null

  const draw = () => {
    const scale = window.devicePixelRatio || 1
    canvas.width = canvas.clientWidth * scale
    canvas.height = canvas.clientHeight * scale
    const pen = canvas.getContext("2d")
    pen.lineWidth = 2.2 * scale
    pen.lineCap = pen.lineJoin = "round"
    pen.strokeStyle = "#16202b"
    for (const points of line ? [...lines, line] : lines) {
      pen.beginPath()
      for (const [x, y] of points) pen.lineTo(x * canvas.height, y * canvas.height)
      pen.stroke()
    }
  }
  const point = (event) => {
    const box = canvas.getBoundingClientRect()
    return [(3 * (event.clientX - box.left)) / box.width, (event.clientY - box.top) / box.height]
  }
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId)
    line = [point(event)]
  }
  canvas.onpointermove = (event) => {
    if (!line) return
    line.push(point(event))
    draw()
  }
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (line && line.length > 1) lines.push(line)
    line = null
    draw()
    setStateValue("strokes", lines.map((points) => points.slice()))
  }
  button.onclick = () => {
    lines.length = 0
    draw()
    setStateValue("strokes", [])
  }
  draw()
}
