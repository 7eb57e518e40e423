package sig

import (
	"net/http"
	"testing"
)

func BenchmarkSign(b *testing.B) {
	for _, form := range []Form{FormCavage, FormMessage} {
		b.Run(form.String(), func(b *testing.B) {
			key, r := ring().rsa, post(b, "https://far.example/inbox")
			b.ReportAllocs()
			for b.Loop() {
				if err := Sign(r, body, key, form, noon); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Read and Verify together are what a delivery costs us; Read alone is what a
// stranger can make us do without a key.
func BenchmarkVerify(b *testing.B) {
	for _, form := range []Form{FormCavage, FormMessage} {
		in, pub := arrived(b, form, http.MethodPost), ring().rsa.Public()
		b.Run(form.String()+"/read", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(in, noon); err != nil {
					b.Fatal(err)
				}
			}
		})
		c := claim(b, in)
		b.Run(form.String()+"/verify", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Verify(pub); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
