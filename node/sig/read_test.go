package sig

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// arrived gives a POST, or with no body a GET, as it comes in at noon.
func arrived(t testing.TB, form Form, method string) Incoming {
	t.Helper()
	r, sent := post(t, "https://far.example/inbox?a=b"), body
	if method == http.MethodGet {
		r, sent = get(t, "https://far.example/inbox?a=b"), nil
	}
	if err := Sign(r, sent, ring().rsa, form, noon); err != nil {
		t.Fatal(err)
	}
	return arrive(t, r)
}

// craft signs as a stranger may: in the old form, any parts, any algorithm.
func craft(t testing.TB, in Incoming, c cavage, key Key) Incoming {
	t.Helper()
	if c.keyID == "" {
		c.keyID = keyID
	}
	base, err := c.base(request{method: in.Method, host: in.Host, target: in.Target, header: in.Header})
	if err != nil {
		t.Fatal(err)
	}
	if c.signature, err = key.sign(base); err != nil {
		t.Fatal(err)
	}
	in.Header = in.Header.Clone()
	value := c.String()
	for name, digits := range map[string]string{"created": c.created, "expires": c.expires} {
		if digits != "" {
			value += "," + name + "=" + digits
		}
	}
	in.Header.Set("Signature", value)
	return in
}

// craftMessage does so in the new form: everything behind the "=" of the label.
func craftMessage(t testing.TB, in Incoming, list string, key Key) Incoming {
	t.Helper()
	in.Header = in.Header.Clone()
	in.Header.Set("Signature-Input", "x="+list)
	ms, errs, err := parseMessages("x="+list, "x=:AA==:")
	if err != nil || len(errs) > 0 {
		t.Fatal(err, errs)
	}
	base, err := ms[0].base(request{method: in.Method, host: in.Host, target: in.Target, header: in.Header})
	if err != nil {
		t.Fatal(err)
	}
	ms[0].signature, err = key.sign(base)
	if err != nil {
		t.Fatal(err)
	}
	in.Header.Set("Signature", "x=:"+b64(ms[0].signature)+":")
	return in
}

// Both forms: what a stranger may change on the way, and what he may leave out.
func TestReadRefuses(t *testing.T) {
	set := func(name, value string) func(*Incoming) {
		return func(in *Incoming) { in.Header.Set(name, value) }
	}
	drop := func(name string) func(*Incoming) { return func(in *Incoming) { in.Header.Del(name) } }
	twice := func(name string) func(*Incoming) {
		return func(in *Incoming) { in.Header.Add(name, in.Header.Get(name)) }
	}
	swap := func(name, old, new string) func(*Incoming) {
		return func(in *Incoming) {
			was := in.Header.Get(name)
			in.Header.Set(name, strings.Replace(was, old, new, 1))
			if in.Header.Get(name) == was {
				panic("nothing to replace: " + old)
			}
		}
	}
	many := func(in *Incoming) {
		for i := range maxLines {
			in.Header.Set(fmt.Sprint("X-", i), "y")
		}
	}
	const both, old, new = 3, 1, 2
	for name, c := range map[string]struct {
		forms  int
		change func(*Incoming)
		want   error
	}{
		"nothing signed":            {both, func(in *Incoming) { in.Header = http.Header{} }, ErrNone},
		"no header at all":          {both, func(in *Incoming) { in.Header = nil }, ErrNone},
		"body of another":           {both, func(in *Incoming) { in.Body = append(in.Body, ' ') }, ErrDigest},
		"body gone":                 {both, func(in *Incoming) { in.Body = nil }, ErrDigest},
		"header of many lines":      {both, many, ErrMalformed},
		"header of many bytes":      {both, set("X", strings.Repeat("y", maxHeader)), ErrMalformed},
		"no method":                 {both, func(in *Incoming) { in.Method = "" }, ErrMalformed},
		"method in small letters":   {both, func(in *Incoming) { in.Method = "post" }, ErrMalformed},
		"no host":                   {both, func(in *Incoming) { in.Host = "" }, ErrMalformed},
		"line end in the target":    {both, func(in *Incoming) { in.Target = "/inbox\ndate: x" }, ErrMalformed},
		"target of another shape":   {both, func(in *Incoming) { in.Target = "*" }, ErrMalformed},
		"two signatures":            {both, twice("Signature"), ErrMalformed},
		"signature empty":           {both, set("Signature", ""), ErrMalformed},
		"signature too long":        {both, set("Signature", `keyId="`+strings.Repeat("a", maxSignature)+`"`), ErrMalformed},
		"signature not in ASCII":    {both, set("Signature", "keyId=\"\x00\""), ErrMalformed},
		"content type twice":        {both, twice("Content-Type"), ErrMalformed},
		"content type gone":         {both, drop("Content-Type"), ErrMalformed},
		"control in what is signed": {both, set("Content-Type", "a\nb: c"), ErrMalformed},

		"digest gone":                {old, drop("Digest"), ErrMalformed},
		"digest twice":               {old, twice("Digest"), ErrMalformed},
		"digest of another":          {old, set("Digest", digestOf([]byte("x"))), ErrDigest},
		"digest no base64":           {old, set("Digest", "SHA-256=???"), ErrMalformed},
		"digest loose base64":        {old, func(in *Incoming) { in.Header.Set("Digest", loose(in.Header.Get("Digest"))) }, ErrMalformed},
		"digest by MD5 alone":        {old, set("Digest", "MD5=Sd/dVLAcvNLSq16eXua5uQ=="), ErrDigest},
		"digest named twice":         {old, swap("Digest", "SHA-256", "sha-256=,SHA-256"), ErrMalformed},
		"a second digest that lies":  {old, func(in *Incoming) { in.Header.Set("Digest", in.Header.Get("Digest")+",SHA-512=AAAA") }, ErrDigest},
		"date gone":                  {old, drop("Date"), ErrMalformed},
		"date twice":                 {old, twice("Date"), ErrMalformed},
		"date is none":               {old, set("Date", "yesterday"), ErrMalformed},
		"no key id":                  {old, swap("Signature", "keyId", "other"), ErrMalformed},
		"key id empty":               {old, swap("Signature", keyID, ""), ErrMalformed},
		"key id with a blank":        {old, swap("Signature", keyID, "a b"), ErrMalformed},
		"key id too long":            {old, swap("Signature", keyID, strings.Repeat("k", maxKeyID+1)), ErrMalformed},
		"a parameter twice":          {old, swap("Signature", "algorithm", `keyId="`+keyID+`",algorithm`), ErrMalformed},
		"a parameter twice, by case": {old, swap("Signature", "algorithm", `KEYID="`+keyID+`",algorithm`), ErrMalformed},
		"headers twice":              {old, swap("Signature", "algorithm", `Headers="date",algorithm`), ErrMalformed},
		"an escape":                  {old, swap("Signature", "main", `m\ain`), ErrMalformed},
		"quotes left open":           {old, set("Signature", `keyId="x`), ErrMalformed},
		"comma at the end":           {old, func(in *Incoming) { in.Header.Set("Signature", in.Header.Get("Signature")+",") }, ErrMalformed},
		"something after":            {old, func(in *Incoming) { in.Header.Set("Signature", in.Header.Get("Signature")+" x") }, ErrMalformed},
		"list empty":                 {old, swap("Signature", "(request-target) host date digest content-type", ""), ErrMalformed},
		"list with a part twice":     {old, swap("Signature", "host date", "host host date"), ErrMalformed},
		"list with two blanks":       {old, swap("Signature", "host date", "host  date"), ErrMalformed},
		"list in capitals":           {old, swap("Signature", "host date", "Host date"), ErrMalformed},
		"list of an unknown part":    {old, swap("Signature", "host date", "(host) date"), ErrMalformed},
		"list too long":              {old, func(in *Incoming) { listMany(in, "Signature", "host date", "host date%s", " x-%d") }, ErrMalformed},
		"list of what is not there":  {old, swap("Signature", "host", "host x-gone"), ErrMalformed},
		"no list":                    {old, swap("Signature", "headers", "heads"), ErrUncovered},
		"signature no base64":        {old, swap("Signature", `signature="`, `signature="?`), ErrMalformed},
		"algorithm hmac":             {old, swap("Signature", "rsa-sha256", "hmac-sha256"), ErrAlgorithm},
		"algorithm none":             {old, swap("Signature", "rsa-sha256", "none"), ErrAlgorithm},
		"algorithm rsa-sha1":         {old, swap("Signature", "rsa-sha256", "rsa-sha1"), ErrAlgorithm},
		"algorithm in capitals":      {old, swap("Signature", "rsa-sha256", "RSA-SHA256"), ErrAlgorithm},
		"signature loose base64": {old, func(in *Incoming) {
			in.Header.Set("Signature", `keyId="k",headers="(request-target) host date digest",signature="AB=="`)
		}, ErrMalformed},
		"created with an rsa name": {old, swap("Signature", `headers="(request-target) host`, `created=1795348800,headers="(request-target) (created) host`), ErrMalformed},

		"content digest gone":       {new, drop("Content-Digest"), ErrMalformed},
		"content digest twice":      {new, twice("Content-Digest"), ErrMalformed},
		"content digest of another": {new, set("Content-Digest", contentDigestOf([]byte("x"))), ErrDigest},
		"content digest as text":    {new, set("Content-Digest", `sha-256="x"`), ErrMalformed},
		"content digest as list":    {new, set("Content-Digest", `sha-256=(:AA==:)`), ErrMalformed},
		"content digest by md5":     {new, set("Content-Digest", `md5=:AA==:`), ErrDigest},
		"content digest named twice": {new, func(in *Incoming) {
			in.Header.Set("Content-Digest", "sha-256=:AA==:, "+in.Header.Get("Content-Digest"))
		}, ErrMalformed},
		"a second content digest that lies": {new, func(in *Incoming) {
			in.Header.Set("Content-Digest", in.Header.Get("Content-Digest")+", sha-512=:AA==:")
		}, ErrDigest},
		"input without signature": {new, drop("Signature"), ErrMalformed},
		"two inputs":              {new, twice("Signature-Input"), ErrMalformed},
		"input empty":             {new, set("Signature-Input", ""), ErrMalformed},
		"input too long":          {new, set("Signature-Input", `x=("`+strings.Repeat("a", maxSignature)+`")`), ErrMalformed},
		"other labels":            {new, swap("Signature", "sig1", "sig2"), ErrMalformed},
		"a label twice": {new, func(in *Incoming) {
			in.Header.Set("Signature-Input", in.Header.Get("Signature-Input")+", "+in.Header.Get("Signature-Input"))
		}, ErrMalformed},
		"four labels": {new, func(in *Incoming) {
			for _, field := range []string{"Signature-Input", "Signature"} {
				v := in.Header.Get(field)
				all := v
				for _, l := range []string{"b", "c", "d"} {
					all += ", " + strings.Replace(v, "sig1", l, 1)
				}
				in.Header.Set(field, all)
			}
		}, ErrMalformed},
		"a parameter twice, new":     {new, swap("Signature-Input", ";keyid", `;keyid="x";keyid`), ErrMalformed},
		"no created":                 {new, swap("Signature-Input", "created=1795348800", `tag="t"`), ErrUncovered},
		"parameter unknown":          {new, swap("Signature-Input", ";created=", ";x=1;created="), ErrMalformed},
		"tag is no text":             {new, swap("Signature-Input", ";created=", ";tag;created="), ErrMalformed},
		"nonce is no text":           {new, swap("Signature-Input", ";created=", ";nonce=1;created="), ErrMalformed},
		"created is no number":       {new, swap("Signature-Input", "created=1795348800", `created="1795348800"`), ErrMalformed},
		"created is broken":          {new, swap("Signature-Input", "created=1795348800", `created=1795348800.0`), ErrMalformed},
		"created is negative":        {new, swap("Signature-Input", "created=1795348800", `created=-5`), ErrMalformed},
		"no keyid":                   {new, swap("Signature-Input", "keyid", "other"), ErrMalformed},
		"keyid is no text":           {new, swap("Signature-Input", `keyid="`+keyID+`"`, "keyid=5"), ErrMalformed},
		"list is an item":            {new, set("Signature-Input", `sig1="@method"`), ErrMalformed},
		"signature is a list":        {new, set("Signature", `sig1=(:AA==:)`), ErrMalformed},
		"signature is text":          {new, set("Signature", `sig1="x"`), ErrMalformed},
		"signature of no bytes":      {new, set("Signature", `sig1=::`), ErrMalformed},
		"list empty, new":            {new, set("Signature-Input", `sig1=();created=1795348800;keyid="x"`), ErrUncovered},
		"component twice":            {new, swap("Signature-Input", `"@method"`, `"@method" "@method"`), ErrMalformed},
		"component with parameter":   {new, swap("Signature-Input", `"@method"`, `"@method";req`), ErrMalformed},
		"component no text":          {new, swap("Signature-Input", `"@method"`, `@5`), ErrMalformed},
		"component unknown":          {new, swap("Signature-Input", `"@method"`, `"@method" "@status"`), ErrMalformed},
		"component in capitals":      {new, swap("Signature-Input", `"content-type"`, `"Content-Type"`), ErrMalformed},
		"component not there":        {new, swap("Signature-Input", `"content-type"`, `"x-gone"`), ErrMalformed},
		"too many components":        {new, func(in *Incoming) { listMany(in, "Signature-Input", `"@method"`, `"@method"%s`, ` "x-%d"`) }, ErrMalformed},
		"algorithm hmac, new":        {new, swap("Signature-Input", algRSA, "hmac-sha256"), ErrAlgorithm},
		"algorithm of PSS":           {new, swap("Signature-Input", algRSA, "rsa-pss-sha512"), ErrAlgorithm},
		"algorithm empty":            {new, swap("Signature-Input", algRSA, ""), ErrAlgorithm},
		"algorithm is no text":       {new, swap("Signature-Input", `"`+algRSA+`"`, "5"), ErrMalformed},
		"no structured field at all": {new, set("Signature-Input", "{}"), ErrMalformed},
	} {
		for form, bit := range map[Form]int{FormCavage: old, FormMessage: new} {
			if c.forms&bit == 0 {
				continue
			}
			t.Run(fmt.Sprint(form, "/", name), func(t *testing.T) {
				in := arrived(t, form, http.MethodPost)
				if claims, err := Read(in, noon); err != nil || claims[0].Verify(ring().rsa.Public()) != nil {
					t.Fatal("the request was not good before:", err)
				}
				c.change(&in)
				claims, err := Read(in, noon)
				if !errors.Is(err, c.want) || len(claims) > 0 {
					t.Errorf("got %v, want %v", err, c.want)
				}
			})
		}
	}
}

// loose gives base64 that means the same bytes with other letters: the last one
// before "=" has bits that nothing reads.
func loose(digest string) string {
	return strings.TrimSuffix(digest, "YE=") + "YF="
}

// listMany signs as many fields as there may be parts, all of them there.
func listMany(in *Incoming, field, old, new, each string) {
	var b strings.Builder
	for i := range maxParts {
		in.Header.Set(fmt.Sprint("X-", i), "y")
		fmt.Fprintf(&b, each, i)
	}
	in.Header.Set(field, strings.Replace(in.Header.Get(field), old, fmt.Sprintf(new, b.String()), 1))
}

// A signature that is right over what it covers, and covers too little.
func TestUncovered(t *testing.T) {
	whole := []string{partTarget, "host", "date", digestField}
	without := func(part string) (parts []string) {
		for _, p := range whole {
			if p != part {
				parts = append(parts, p)
			}
		}
		return parts
	}
	for _, part := range whole {
		in := craft(t, arrived(t, FormCavage, http.MethodPost), cavage{parts: without(part), algorithm: algHS2019}, ring().rsa)
		if _, err := Read(in, noon); !errors.Is(err, ErrUncovered) {
			t.Errorf("POST without %s: %v", part, err)
		}
	}
	for part, want := range map[string]error{partTarget: ErrUncovered, "host": ErrUncovered, "date": ErrUncovered, digestField: nil} {
		in := arrived(t, FormCavage, http.MethodGet)
		var parts []string
		for _, p := range without(part) {
			if p != digestField {
				parts = append(parts, p)
			}
		}
		in = craft(t, in, cavage{parts: parts, algorithm: algRSASHA256}, ring().rsa)
		if _, err := Read(in, noon); !errors.Is(err, want) {
			t.Errorf("GET without %s: %v", part, err)
		}
		in.Body = []byte("x") // a GET that brings something along
		if _, err := Read(in, noon); !errors.Is(err, ErrUncovered) {
			t.Errorf("GET with a body, without %s: %v", part, err)
		}
	}
	const params = `;created=1795348800;keyid="k"`
	for list, want := range map[string]error{
		`("@method" "@target-uri" "content-digest")`:                        nil,
		`("@target-uri" "content-digest")`:                                  ErrUncovered,
		`("@method" "content-digest")`:                                      ErrUncovered,
		`("@method" "@target-uri")`:                                         ErrUncovered,
		`("@method" "@path" "@authority" "@query" "content-digest" "date")`: ErrUncovered,
		`("method" "target-uri" "content-digest")`:                          ErrUncovered,
	} {
		in := arrived(t, FormMessage, http.MethodPost)
		in.Header.Set("Method", "POST")
		in.Header.Set("Target-Uri", "https://far.example/inbox?a=b")
		in = craftMessage(t, in, list+params, ring().rsa)
		if _, err := Read(in, noon); !errors.Is(err, want) {
			t.Errorf("%s: %v", list, err)
		}
	}
}

// The windows, to the second (federation.md 4).
func TestClock(t *testing.T) {
	for _, form := range []Form{FormCavage, FormMessage} {
		for method, age := range map[string]time.Duration{http.MethodPost: 12 * time.Hour, http.MethodGet: time.Hour} {
			in := arrived(t, form, method)
			for now, want := range map[time.Time]error{
				noon.Add(age):                         nil,
				noon.Add(age + time.Second):           ErrClock,
				noon.Add(-time.Hour):                  nil,
				noon.Add(-time.Hour - time.Second):    ErrClock,
				noon.Add(10 * 365 * 24 * time.Hour):   ErrClock,
				noon.Add(-100 * 365 * 24 * time.Hour): ErrClock,
				{}:                                    ErrClock,
			} {
				if _, err := Read(in, now); !errors.Is(err, want) {
					t.Errorf("%s %s at %s: %v", form, method, now, err)
				}
			}
		}
	}
}

// (created), (expires) and expires, which narrow the window and never widen it.
func TestClockOfParameters(t *testing.T) {
	unix := func(d time.Duration) string { return fmt.Sprint(noon.Add(d).Unix()) }
	parts := []string{partTarget, "host", digestField}
	for name, c := range map[string]struct {
		c    cavage
		want error
	}{
		"created alone":               {cavage{parts: append(parts[:3:3], partCreated), created: unix(0)}, nil},
		"created old":                 {cavage{parts: append(parts[:3:3], partCreated), created: unix(-13 * time.Hour)}, ErrClock},
		"created ahead":               {cavage{parts: append(parts[:3:3], partCreated), created: unix(2 * time.Hour)}, ErrClock},
		"created old, date fresh":     {cavage{parts: append(parts[:3:3], partCreated, "date"), created: unix(-13 * time.Hour)}, ErrClock},
		"created broken":              {cavage{parts: append(parts[:3:3], partCreated), created: "1.5"}, ErrMalformed},
		"created signed":              {cavage{parts: append(parts[:3:3], partCreated), created: "+5"}, ErrMalformed},
		"created huge":                {cavage{parts: append(parts[:3:3], partCreated), created: strings.Repeat("9", 40)}, ErrMalformed},
		"expires soon":                {cavage{parts: append(parts[:3:3], "date", partExpires), expires: unix(time.Minute)}, nil},
		"expires an hour ago":         {cavage{parts: append(parts[:3:3], "date", partExpires), expires: unix(-time.Hour)}, nil},
		"expired":                     {cavage{parts: append(parts[:3:3], "date", partExpires), expires: unix(-time.Hour - time.Second)}, ErrClock},
		"expired, said and uncovered": {cavage{parts: append(parts[:3:3], "date"), expires: unix(-2 * time.Hour)}, ErrClock},
	} {
		in := craft(t, arrived(t, FormCavage, http.MethodPost), c.c, ring().rsa)
		claims, err := Read(in, noon)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if c.want == nil && (len(claims) != 1 || claims[0].Verify(ring().rsa.Public()) != nil) {
			t.Errorf("%s: does not verify", name)
		}
	}
	for params, want := range map[string]error{
		";created=1795348800;expires=1795348860": nil,
		";created=1795348800;expires=1795345200": nil, // an hour ago, to the second
		";created=1795348800;expires=1795345199": ErrClock,
		";created=1795348800;expires=x":          ErrMalformed,
	} {
		in := arrived(t, FormMessage, http.MethodPost)
		in.Header.Set("Signature-Input", `sig1=("@method" "@target-uri" "content-digest")`+params+`;keyid="k"`)
		if _, err := Read(in, noon); !errors.Is(err, want) {
			t.Errorf("%s: %v", params, err)
		}
	}
}
