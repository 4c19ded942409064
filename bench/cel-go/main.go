// Command cel-go times cel-go on the expressions and objects it reads from standard input, as JSON:
//
//	{"expressions": ["..."], "objects": [{...}], "params": {...}}
//
// It writes the CPU nanoseconds of one evaluation per expression, null where it does not compile, and how many of the
// objects it holds for: {"plain": [...], "configured": [...], "holding": [...]}. `plain` is cel-go with its optimisation
// switched on and no cost tracking, `configured` is what kube-apiserver 1.36 makes of it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sort"
	"syscall"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"k8s.io/apimachinery/pkg/util/version"
	apiservercel "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

type question struct {
	Expressions []string
	Objects     []any
	Params      any
}

type answer struct {
	Plain      []*float64 `json:"plain"`
	Configured []*float64 `json:"configured"`
	Holding    []int      `json:"holding"`
}

// integers turns what JSON decodes as a number without a fraction into an int64, as the API server's decoder does.
func integers(value any) any {
	switch x := value.(type) {
	case map[string]any:
		for key := range x {
			x[key] = integers(x[key])
		}
	case []any:
		for i := range x {
			x[i] = integers(x[i])
		}
	case float64:
		if x == float64(int64(x)) {
			return int64(x)
		}
	}
	return value
}

// computed is the CPU time that this process has used, in nanoseconds.
func computed() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano() + usage.Stime.Nano())
}

func variables() []cel.EnvOption {
	return []cel.EnvOption{cel.Variable("object", cel.DynType), cel.Variable("params", cel.DynType)}
}

// program compiles an expression; nil where the environment does not have what it needs.
func program(env *cel.Env, expression string, options ...cel.ProgramOption) cel.Program {
	ast, issues := env.Compile(expression)
	if issues != nil && issues.Err() != nil {
		return nil
	}
	compiled, err := env.Program(ast, options...)
	if err != nil {
		return nil
	}
	return compiled
}

// measure gives the median nanoseconds of an evaluation, and for how many objects the expression holds.
func measure(program cel.Program, activations []map[string]any) (*float64, int) {
	if program == nil {
		return nil, 0
	}
	holding := 0
	pass := func() {
		holding = 0
		for _, activation := range activations {
			if value, _, err := program.ContextEval(context.Background(), activation); err == nil && value == types.True {
				holding++
			}
		}
	}
	for range 100 {
		pass()
	}
	const rounds, repetitions = 7, 200
	samples := make([]float64, 0, rounds)
	for range rounds {
		start := computed()
		for range repetitions {
			pass()
		}
		samples = append(samples, (computed()-start)/float64(repetitions*len(activations)))
	}
	sort.Float64s(samples)
	return &samples[rounds/2], holding
}

func run() error {
	runtime.GOMAXPROCS(1)
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	activations := make([]map[string]any, len(asked.Objects))
	params := integers(asked.Params)
	for i, object := range asked.Objects {
		activations[i] = map[string]any{"object": integers(object), "params": params}
	}
	plain, err := cel.NewEnv(append(variables(), cel.OptionalTypes(), cel.CrossTypeNumericComparisons(true))...)
	if err != nil {
		return err
	}
	set, err := environment.MustBaseEnvSet(version.MajorMinor(1, 36)).Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		EnvOptions:        variables(),
	})
	if err != nil {
		return err
	}
	configured, err := set.Env(environment.StoredExpressions)
	if err != nil {
		return err
	}
	var result answer
	for _, expression := range asked.Expressions {
		ns, _ := measure(program(plain, expression, cel.EvalOptions(cel.OptOptimize)), activations)
		result.Plain = append(result.Plain, ns)
		ns, holding := measure(program(configured, expression,
			cel.EvalOptions(cel.OptOptimize, cel.OptTrackCost),
			cel.CostLimit(apiservercel.PerCallLimit),
			cel.InterruptCheckFrequency(apiservercel.CheckFrequency)), activations)
		result.Configured = append(result.Configured, ns)
		result.Holding = append(result.Holding, holding)
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "cel-go:", err)
		os.Exit(1)
	}
}
