package fed

import (
	"context"
	"fmt"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/sig"
)

// proofKept is how old a proof may be: as long as it is surely remembered which
// acts came. An older one could be brought again by anybody.
const proofKept = 30 * 24 * time.Hour

// Proven tells who made a document that somebody else brought, by a proof within
// it (FEP-8b32): of a key on the host of the actor, which the actor's own document
// lists for that. Nothing but the bytes as they came is looked at.
func (w *Witness) Proven(ctx context.Context, document []byte, actor string) (Signer, error) {
	host := ap.HostOf(actor)
	proofs, err := sig.ReadProof(document, w.now())
	if err != nil {
		return Signer{}, err
	}
	var fit []sig.Proof
	for _, p := range proofs {
		if ap.HostOf(p.KeyID) == host && w.now().Sub(p.Made) < proofKept {
			fit = append(fit, p)
		}
	}
	if host == "" || len(fit) == 0 {
		return Signer{}, fmt.Errorf("%w: of another host, or long ago", ErrOwner)
	}
	if err := w.may(camp.Domain(withoutPort(host))); err != nil {
		return Signer{}, fmt.Errorf("%w: %w", ErrShutOut, err)
	}
	a, err := w.prover(ctx, actor)
	if err != nil {
		return Signer{}, err
	}
	for _, p := range fit {
		for _, k := range a.Keys {
			if !k.Multi || k.ID != p.KeyID || k.Owner != actor {
				continue
			}
			pub, err := sig.ParsePublic(k.DER)
			if err != nil || p.Verify(pub) != nil {
				continue
			}
			r, err := w.remote(ctx, actor)
			return Signer{URI: actor, Remote: r, Actor: &a, Host: host, Made: p.Made}, err
		}
	}
	return Signer{}, fmt.Errorf("%w: no key of theirs made the proof", ErrOwner)
}

// prover fetches the document of whoever is to have proved something, in turn, and
// not again for a while where it was not to be had.
func (w *Witness) prover(ctx context.Context, actor string) (ap.Actor, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, proofTime, errSlowProof)
	defer cancel()
	if err := w.failedBefore(actor); err != nil {
		return ap.Actor{}, err
	}
	end, err := w.turns.take(ctx)
	if err != nil {
		return ap.Actor{}, err
	}
	defer end()
	body, _, err := w.docs.Document(ctx, 0, actor)
	if err != nil {
		w.fail(actor, err)
		return ap.Actor{}, err
	}
	a, err := ap.ParseActor(body)
	if err == nil && a.ID != actor {
		err = fmt.Errorf("%w: they are called otherwise", ErrID)
	}
	return a, err
}
