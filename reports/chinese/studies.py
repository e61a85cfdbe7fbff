"""Studies on identical futures: stress test and comparison."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # stress
    "stress.title": "压力测试 · {plan}",
    "stress.part": "压力测试",
    "stress.detail": "目标分解方案 {allocation} · 模拟 {n} 次 · 随机种子 {seed} · 金额单位：{currency}",
    "stress.headline": "季度目标 {target}的达成概率：无风险发生时 {without}，计入全部风险且没有应急预案时 {chance}。",
    "stress.forced": "强制发生：{forced}。此处的概率是在上述情况发生的前提下得到的。",
    "stress.risks": "各项风险的损失",
    "stress.risks_note": "损失的签约额：同一组未来情形下，无该风险减有该风险，± 为 95% 置信区间的半宽。",
    "stress.plans": "各项应急预案的价值",
    "stress.plans_note": "净收益：有预案与无预案的边际贡献之差，已扣除预案成本（预备费和启用费）。"
    "“值得投入”指整个置信区间都大于零。",
    "stress.undecided": "尚无法判断：置信区间包含零。增加模拟次数可使区间变窄（--replications）。",
    "stress.runs": "共模拟 {ran} 个季度；另有 {known} 个已知结果相同，未重复模拟。",
    "stress.left_out": "未纳入本次压力测试",
    "verdict.buy": "值得投入",
    "verdict.do not buy": "不值得投入",
    "verdict.cannot tell yet": "尚无法判断",
    "verdict.hurts": "有损失",
    "verdict.helps": "有益",
    "verdict.harmless": "无影响",
    "verdict.never struck": "从未发生",
    "verdict.better": "更好",
    "verdict.worse": "更差",
    "verdict.no difference": "无差别",
    "verdict.cannot tell": "尚无法判断",
    # comparison
    "compare.title": "方案对比 · {plan}",
    "compare.detail": "{n} 组相同的未来情形 · 随机种子 {seed} · 金额单位：{currency}",
    "compare.sides": "{a} 对比 {b}",
    "compare.keep": "B 未另给目标分解方案时沿用 A 的方案：看原计划会怎样。",
    "compare.resolve": "B 的目标分解方案重新求解：看届时应当怎样计划。",
    "compare.headline": "季度目标 {target}的达成概率：{a} → {b}，相差 {difference} 个百分点（{half}）。",
    "compare.same": "A 与 B 的输入和决策相同。",
    "compare.changes": "输入，A → B",
    "compare.decisions": "决策，A → B",
    "compare.kpis": "带来的变化",
    "compare.note": "B−A 为同一组未来情形下的平均差值，± 为其 95% 置信区间的半宽。",
    "compare.missed_by_both": "两个方案都未满足的规则",
    "compare.missed_by_a": "A 的方案未满足的规则",
    "compare.missed_by_b": "B 的方案未满足的规则",
}
