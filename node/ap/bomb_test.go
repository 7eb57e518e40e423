package ap
import ("testing";"strings";"strconv";"time";"runtime")
func TestBomb(t *testing.T) {
	var b strings.Builder
	for i := range 400 { b.WriteString("<b i="+strconv.Itoa(i)+">") }
	fmt := b.String()
	for name, s := range map[string]string{
		"fmt-p": fmt+strings.Repeat("<p>x", (MaxContent-len(fmt))/4),
		"recon": "<p>"+fmt+strings.Repeat("<p>x", (MaxContent-len(fmt)-10)/4), "a": strings.Repeat("<a>", MaxContent/3),
		"deep": strings.Repeat("<div>", MaxContent/5),
		"table": strings.Repeat("<table>", MaxContent/7),
		"table-a": strings.Repeat("<table><a>", MaxContent/10),
		"close": strings.Repeat("<b>", 500)+strings.Repeat("</p>", MaxContent/4-400),
		"li": "<ul>"+strings.Repeat("<li>", MaxContent/4),
		"br": strings.Repeat("<br>", MaxContent/4),
		"attrs": "<p "+strings.Repeat("a=1 ", MaxContent/4)+">",
		"ent": strings.Repeat("&", MaxContent),
		"ruby": strings.Repeat("<ruby><rt>", MaxContent/10),
		"adopt": strings.Repeat("<a><p>", MaxContent/12)+strings.Repeat("</a>", MaxContent/8),
	} {
		var m0, m1 runtime.MemStats
		runtime.ReadMemStats(&m0)
		t0 := time.Now()
		out := Clean(s)
		runtime.ReadMemStats(&m1)
		t.Log(name, time.Since(t0), len(out), (m1.TotalAlloc-m0.TotalAlloc)>>20, "MB")
	}
}
