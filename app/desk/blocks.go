package desk

import (
	"context"
	"strconv"
	"time"

	"camp/node/camp"
)

// finalSoon is how long before it the host is told that a decision becomes final.
const finalSoon = 3 * 24 * time.Hour

// borderNeeds tell of decisions that soon cannot be undone any more, of those to
// look at again, and of followers who were lost by what was taken back.
func borderNeeds(blocks []camp.Block, lost int, now time.Time) (list []camp.Need) {
	var next camp.Block
	for _, b := range blocks {
		if b.Final.After(now) && (next.Final.IsZero() || b.Final.Before(next.Final)) {
			next = b
		}
	}
	if left := next.Final.Sub(now); !next.Final.IsZero() && left <= finalSoon {
		days := int((left + 24*time.Hour - 1) / (24 * time.Hour))
		list = append(list, camp.Need{Kind: "final", Say: "border.need.final", Args: map[string]string{"Name": next.Shown, "N": strconv.Itoa(days)}, Page: "blocks"})
	}
	due := 0
	for _, b := range blocks {
		if b.Due(now) {
			due++
		}
	}
	if due > 0 {
		list = append(list, camp.Need{Kind: "review", Say: "border.need.review", Args: map[string]string{"N": strconv.Itoa(due)}, Page: "blocks"})
	}
	if lost > 0 {
		list = append(list, camp.Need{Kind: "lost", Say: "border.need.lost", Args: map[string]string{"N": strconv.Itoa(lost)}, Page: "blocks"})
	}
	return list
}

// lostFollowers counts the followers whom a decision cut off that was taken back.
func (s *session) lostFollowers(ctx context.Context) (int, error) {
	list, err := s.node.Posts.FollowersLost(ctx, s.node.Host())
	return len(list), err
}

func (s *session) blockList(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	list, err := s.node.Border.List(ctx)
	return camp.Answer{Blocks: list}, err
}

func (s *session) block(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	p, err := s.node.Border.Preview(ctx, in.Domain, in.Level)
	if err != nil {
		return camp.Answer{}, err
	}
	_, err = s.node.Border.Decide(ctx, s.node.Host(), camp.Decision{Name: in.Domain, Level: in.Level, Reason: in.Reason, Wide: in.Wide, Review: in.Review})
	return camp.Answer{Preview: &p}, err
}

func (s *session) blockReview(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.Border.SetReview(ctx, s.node.Host(), in.Domain, in.Review)
}

func (s *session) unblock(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.Border.Lift(ctx, s.node.Host(), in.Domain)
}

func (s *session) blockPreview(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	p, err := s.node.Border.Preview(ctx, in.Domain, in.Level)
	return camp.Answer{Preview: &p}, err
}

func (s *session) blockUndo(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if in.On {
		n, left, err := s.node.Border.UndoList(ctx, s.node.Host(), in.ID)
		return camp.Answer{Args: camp.Args{"N": strconv.Itoa(n), "Left": strconv.Itoa(left)}}, err
	}
	return camp.Answer{}, s.node.Border.Undo(ctx, s.node.Host(), in.ID)
}

func (s *session) blockReports(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.Border.SetReports(ctx, s.node.Host(), in.Domain, in.On)
}
