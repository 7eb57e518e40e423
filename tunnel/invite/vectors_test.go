package invite

// vectors are, for sample: id, private key, public key, preshared key, route
// proof, and the bind MAC over "join".
var vectors = []string{
	"0aeb3dfebfa2c082",
	"18b12ea59c952dfb172c15ac5e78af8d3fcd0392c3935cf974722eec05396552",
	"aab66fa23131be7da27e070a67c2eb2cf164831a745a4b02b38467b3d5d9ce1a",
	"a10d15f2c5bd9f61d631c9e0d10712c07280fa7f6b069541544cbecf8298588c",
	"abc184dae2f2eb8bcbe620a925b10be8908de844d14e3cc71ef141851dd6450d",
	"78e474b67528fe7611506c455597ea967bcee7748de860d2618e6295df6b5104",
}
