package storm

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// chart is a line chart that is drawn into inline SVG.
type chart struct {
	Title, Unit string
	Lines       []line
	from, to    float64 // seconds
	strike      bool    // mark second 0
	back        float64 // mark when all were back; 0 is never
}

type line struct {
	Name   string
	Class  string
	points []point
	bars   bool
}

type point struct{ x, y float64 }

// Size of the drawing and its margins.
const (
	chartWidth, chartHeight = 860.0, 250.0
	left, right, top, below = 58.0, 12.0, 14.0, 26.0
)

// SVG draws the chart.
func (c chart) SVG() template.HTML {
	highest := 0.0
	for _, l := range c.Lines {
		for _, p := range l.points {
			highest = max(highest, p.y)
		}
	}
	step, ceiling := scale(highest)
	x := func(v float64) float64 { return left + (v-c.from)/max(c.to-c.from, 1e-9)*(chartWidth-left-right) }
	y := func(v float64) float64 { return chartHeight - below - v/ceiling*(chartHeight-top-below) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, chartWidth, chartHeight, template.HTMLEscapeString(c.Title))
	for v := 0.0; v <= ceiling*1.001; v += step {
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, left, chartWidth-right, y(v), y(v))
		fmt.Fprintf(&b, `<text class="tick" text-anchor="end" x="%.1f" y="%.1f">%s</text>`, left-7, y(v)+4, short(v))
	}
	c.times(&b, x)
	for _, l := range c.Lines {
		l.draw(&b, x, y, y(0))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // made of numbers and of text that was escaped
}

// times draws the axis of time and the marks on it.
func (c chart) times(b *strings.Builder, x func(float64) float64) {
	step, _ := scale((c.to - c.from) * 0.6)
	for v := math.Ceil(c.from/step) * step; v <= c.to; v += step {
		fmt.Fprintf(b, `<text class="tick" text-anchor="middle" x="%.1f" y="%.1f">%s s</text>`, x(v), chartHeight-8, short(v))
	}
	mark := func(class string, at float64) {
		fmt.Fprintf(b, `<line class="mark %s" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, class, x(at), x(at), top, chartHeight-below)
	}
	if c.strike {
		mark("strike", 0)
	}
	if c.back > 0 {
		mark("back", c.back)
	}
}

func (l line) draw(b *strings.Builder, x, y func(float64) float64, floor float64) {
	if l.bars {
		for i, p := range l.points {
			if p.y > 0 && i+1 < len(l.points) {
				w := max(x(l.points[i+1].x)-x(p.x)-0.6, 0.8)
				fmt.Fprintf(b, `<rect class="%s bar" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, l.Class, x(p.x), y(p.y), w, floor-y(p.y))
			}
		}
		return
	}
	fmt.Fprintf(b, `<polyline class="%s line" points="`, l.Class)
	for _, p := range l.points {
		fmt.Fprintf(b, "%.1f,%.1f ", x(p.x), y(p.y))
	}
	b.WriteString(`"/>`)
}

// scale returns a round distance of three to seven grid lines, and the highest of them.
func scale(highest float64) (step, ceiling float64) {
	if highest <= 0 {
		return 1, 1
	}
	step = math.Pow(10, math.Floor(math.Log10(highest)))
	for _, divide := range []float64{0.2, 0.5, 1, 2, 5} {
		if n := math.Ceil(highest / (step * divide)); n <= 6 {
			return step * divide, n * step * divide
		}
	}
	return step, step * 10
}

// short writes a number as on an axis: 9500 is 9.5k.
func short(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e6:
		return strconv.FormatFloat(v/1e6, 'g', 4, 64) + "M"
	case a >= 1e4:
		return strconv.FormatFloat(v/1e3, 'g', 4, 64) + "k"
	case a < 1e-9:
		return "0"
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// Struck reports whether the chart marks the strike.
func (c chart) Struck() bool { return c.strike }

// IsBack reports whether the chart marks when all were back.
func (c chart) IsBack() bool { return c.back > 0 }
