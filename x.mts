import { groupOf } from './src/crypto/curve/group.ts'
import { OddMultiples } from './src/crypto/curve/odd-multiples.ts'
import { EcdsaKey } from './src/crypto/ecdsa.ts'
import { TableBudget } from './src/crypto/curve/table-budget.ts'
for (const curve of ['P-256','P-384'] as const){
const g=groupOf(curve), f=g.field
const time=(n:number,fn:()=>void)=>{for(let i=0;i<n/5;i++)fn();let best=1e9;for(let k=0;k<7;k++){const a=process.cpuUsage();const t=performance.now();for(let i=0;i<n;i++)fn();best=Math.min(best,(performance.now()-t)*1e6/n)}return best.toFixed(1)}
const a=g.generatorX.slice(),b=g.generatorY.slice(),c=f.one.slice(),o=new Float64Array(f.limbs)
console.log(curve,'mul',time(200000,()=>f.multiply(o,a,b)),'sq',time(200000,()=>f.square(o,a)),'sqsub',time(200000,()=>f.squareSubtract(o,a,b,c)),'add',time(200000,()=>f.add(o,a,b)),'triple',time(200000,()=>f.triple(o,a)),'invert',time(5000,()=>f.invert(o,a)))
const s=g.scratch.sum; s.setAffine(a,b); s.double()
console.log('double',time(20000,()=>s.double()),'add',time(20000,()=>s.add(a,b)))
const om=new OddMultiples(g,5); console.log('odd',time(2000,()=>om.setPoint(a,b)))
}
