using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Methods;

internal static class SetMethods
{
    public static readonly Dictionary<string, Func<object, JinjaCall, object?>> All = new(StringComparer.Ordinal)
    {
        ["add"] = (self, call) =>
        {
            call.Charge(1);
            Of(self).Add(call.Require(0, "element"));
            return null;
        },
        ["discard"] = (self, call) =>
        {
            Of(self).Remove(call.Require(0, "element"));
            return null;
        },
        ["union"] = (self, call) => Operators.SetOf(Of(self).Items.Concat(Argument(call))),
        ["intersection"] = (self, call) => Operators.SetOf(Argument(call).Where(Of(self).Contains)),
        ["difference"] = (self, call) => Without(Of(self), Operators.SetOf(Argument(call))),
        ["issubset"] = (self, call) => Operators.SetOf(Argument(call)) is var set && Of(self).Items.All(set.Contains),
        ["issuperset"] = (self, call) => Argument(call).All(Of(self).Contains),
        ["copy"] = (self, _) => Operators.SetOf(Of(self).Items),
    };

    static JinjaSet Without(JinjaSet set, JinjaSet other) => Operators.SetOf(set.Items.Where(i => !other.Contains(i)));

    static JinjaSet Of(object self) => (JinjaSet)self;

    static IEnumerable<object?> Argument(JinjaCall call) => Iteration.Of(call.Require(0, "other"));
}
