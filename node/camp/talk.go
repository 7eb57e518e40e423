package camp

// TalkRef is a conversation by letters as one person has it.
type TalkRef struct {
	ID     PostID // the letter that it began with, which may be gone
	Newest PostID // its newest letter
}
